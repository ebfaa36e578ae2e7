"""Phases that recipes may ask for and that no equipment of this version runs yet.

They have a specification, so that a recipe can be checked, planned and approved. A batch of such a
recipe is refused.
"""

from bioctl.phases.specs import FREEZER, ISOLATION, PLANT_CELLS, integer, quantity
from bioctl.recipe.capabilities import PhaseSpec

DECLARED: tuple[PhaseSpec, ...] = (
    PhaseSpec(
        name="sterilise",
        classes=(PLANT_CELLS,),
        parameters={
            "temperature": quantity("degC", 110, 135, 121.5, "temperature of steam and vessel"),
            "hold_for": quantity("s", 600, 7200, 1200.0, "time at temperature"),
            "cool_to": quantity("degC", 15, 60, 30.0, "temperature it ends at"),
        },
        help="sterilise the vessel in place by steam, then cool it under sterile air",
        hold="steam closed, sterile air keeps the pressure above atmosphere",
        restart="the time at temperature begins again",
        drives=("steam_valve", "vent_valve", "air", "temperature"),
        duration=lambda p: 5400.0 + float(p["hold_for"]),
        runs=False,
    ),
    PhaseSpec(
        name="debulk",
        classes=(ISOLATION,),
        parameters={
            "volume": quantity("mL", 20, 500, 150.0, "whole blood that goes in"),
            "rate": quantity("mL/min", 1, 100, 20.0, "pump rate"),
            "keep": quantity("mL", 5, 200, 50.0, "volume of white cells kept"),
        },
        help="take red cells and plasma out of whole blood",
        hold="pumps stop, the chamber goes on turning",
        restart="goes on where it was",
        drives=("feed_pump", "buffer_pump", "waste_pump", "chamber"),
        duration=lambda p: 2.0 * float(p["volume"]) / float(p["rate"]) * 60.0,
        runs=False,
    ),
    PhaseSpec(
        name="isolate",
        classes=(ISOLATION,),
        parameters={
            "label_for": quantity("s", 300, 7200, 1800.0, "time with the label"),
            "temperature": quantity("degC", 2, 25, 20.0, "temperature while labelling"),
            "washes": integer(1, 10, 3, "washes on the column"),
            "recovery": quantity("%", 1, 100, 40.0, "smallest recovery that passes"),
        },
        help="label cells, hold them on a magnetic column, wash, elute",
        hold="pumps stop, the magnet stays on, the label is washed off if it was added",
        restart="labels again if the label was washed off, else goes on with the washes",
        drives=("feed_pump", "buffer_pump", "waste_pump", "magnet", "temperature"),
        duration=lambda p: float(p["label_for"]) + 300.0 * float(p["washes"]) + 900.0,
        runs=False,
    ),
    PhaseSpec(
        name="freeze",
        classes=(FREEZER,),
        parameters={
            "chamber": quantity("degC", -180, 25, text="chamber temperature", ramp=True),
            "product_below": quantity("degC", -180, -40, -90.0, "product temperature it ends at"),
        },
        help="freeze vials by a ramp of the chamber's temperature",
        hold="the chamber stays at its temperature; below -10 degC a hold goes on with the ramp",
        restart="goes on with the ramp where it was",
        stop="as a hold",
        abort="the chamber goes to 4 degC above -10 degC, else on with the ramp",
        drives=("chamber", "nitrogen_valve"),
        runs=False,
    ),
)
