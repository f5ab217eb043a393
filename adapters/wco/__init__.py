"""WCO Data Model XML: profiles as data, a tolerant reader, a strict writer."""
