"""The three units of the plant and the parts they share."""
