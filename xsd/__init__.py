"""XML schemas authored for this project, one folder per profile: data only."""
