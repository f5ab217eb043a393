"""What ships do, from what they send: zones of the site, destinations, tracks and events. Pure."""
