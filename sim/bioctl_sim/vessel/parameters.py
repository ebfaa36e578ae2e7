"""What a vessel is: numbers that do not change while it runs."""

from typing import NamedTuple


class VesselParameters(NamedTuple):
    """Size, drive, gas, heat, pumps and local loops of one vessel. SI unless said."""

    working: float
    """Working volume, L."""
    capacity: float
    """L of liquid it can hold."""
    total: float
    """L inside, bed deducted."""
    heel: float
    """L that stay when it is drained."""
    wetted: float
    """L from which probes and cells are immersed."""
    area: float
    """Free surface and cross-section, m2."""
    diameter: float
    """Of the vessel, m."""
    impeller: float
    """Diameter, m."""
    power_number: float
    """Sum over all impellers."""
    covered: float
    """L at which the impeller is covered."""
    idle_power: float
    """Mixing by gas and convection, W/m3."""
    sparger: float
    """kLa relative to a ring with drilled holes; 0: gas goes to the headspace."""
    surface_calm: float
    """Surface transfer at rest, m/h."""
    surface_stirred: float
    """What full stirring adds, m/h."""
    surface_half: float
    """rpm at which the stirred part is full."""
    gas_max: float
    """L/min of air, O2 and N2."""
    co2_max: float
    """L/min."""
    mfc_lag: float
    """Part of the way a flow controller goes in a second."""
    vent: float
    """mol/s/Pa of a clean vent filter."""
    tight: float
    """mol/s/Pa of the closed vessel."""
    relief: float
    """Pa absolute at which the relief valve opens."""
    condenser: float
    """degC of the exhaust gas."""
    jacket_ua: float
    """W/K of the full jacket."""
    jacket_area: float
    """m2 of wall the jacket covers."""
    wall_area: float
    """m2 of wall in all."""
    wall: float
    """Heat capacity of the wall, as L of liquid."""
    tcu_lag: float
    """s."""
    carrier: float
    """Diameter of carriers, m; 0 none."""
    surface: float
    """cm2 for adherent cells; 0 none."""
    segments: int
    """Of the bed, along the flow; 1 for carriers, 0 without surface."""
    bed: float
    """L of packed bed."""
    bed_flow: float
    """L/h through the bed at rest."""
    bed_flow_rpm: float
    """L/h through the bed a rpm."""
    cell_space: float
    """L in which suspended cells are, where fibres keep them apart; 0: all liquid."""
    retention: float
    """Part of the suspended cells the permeate leaves behind."""
    membrane: float
    """Permeate in mL/min at which a clean membrane needs 100 mbar."""
    base_bottle: int
    """0: never empty."""
    feed_bottle: int
    antifoam_bottle: int
    lag_t: float
    """Part of the way a probe goes in its step (1 s for temperature, 5 s for others)."""
    lag_ph: float
    lag_o2: float
    lag_exhaust: float
    lag_capacitance: float
    capacitance: float
    """pF/cm a 1e6 viable cells/mL."""
    jacket_low: float
    """degC, limits of the local temperature loop's output."""
    jacket_high: float
    gain_t: float
    """degC/degC, local temperature loop."""
    time_t: float
    """s, its integral time."""
    gain_ph: float
    """Part of full dosing a pH."""
    time_ph: float
    base_max: float
    """mL/min."""
    gain_o2: float
    """% of output a % of air saturation."""
    time_o2: float
    agitator_low: float
    """rpm, limits within which the local oxygen loop stirs."""
    agitator_high: float
    gas_low: float
    """L/min, limits within which the local oxygen loop gasses."""
    gas_high: float
    gain_w: float
    """mL/min a kg, local weight loop."""
    feed_max: float
    """mL/min."""
    foam_high: float
    """cm at which the local foam loop doses."""
    antifoam_max: float
    """mL/min."""
