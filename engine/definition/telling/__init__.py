"""A process in sentences, for people who do not read YAML."""
