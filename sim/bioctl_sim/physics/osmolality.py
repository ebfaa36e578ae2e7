"""Osmolality as the sum of what is dissolved."""


def osmolality(others: float, organic: float, ions: float, water: float) -> float:
    """Return mOsm/kg with an osmotic coefficient of 0.93 for the salts.

    Args:
        others: salts and what else is inert, mmol/L.
        organic: glucose, lactate, glutamine and buffers, mmol/L.
        ions: ammonium and bicarbonate, mmol/L.
        water: kg of water a litre.
    """
    return (0.93 * (others + ions) + organic) / water
