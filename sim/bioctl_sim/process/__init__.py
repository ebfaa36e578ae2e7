"""What happens in a vessel: heat, gas transfer, acid-base chemistry and cell growth."""
