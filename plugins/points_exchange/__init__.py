"""Points: earning by coefficient, lots, the redemption quote and what clearing between units needs."""
