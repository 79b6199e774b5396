"""Points: earning by coefficient, lots, the redemption quote and clearing between units."""
