"""overproof: interactive analysis of collision events, exactly, from one core to a Tier-3."""
