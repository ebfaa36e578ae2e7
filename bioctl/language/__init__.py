"""What people write, read strictly: YAML with places, quantities with eu, conditions."""
