"""What is remembered: tables, transactions, cases, journal, jobs, inbox, people and facts, on SQLite and PostgreSQL."""
