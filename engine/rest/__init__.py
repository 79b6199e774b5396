"""The REST door: JSON in and out, personal tokens, problem+json, OpenAPI 3.1."""
