"""Sharing venues between stations: who has which room, when it is free, and bookings that cannot overlap."""
