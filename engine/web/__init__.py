"""The web door: pages for staff, rendered on the server from the frozen values that operations answer."""
