"""The edge: what stands before every door, and takes from the network only what can be a request."""
