"""The simulated plant, as if bought from a vendor: a bioreactor, a wash skid and a vial filler.

`bioctl_sim.plant.Plant` is the physics behind the tag list of `tags.yaml`; it knows no network and
no controller, and imports nothing of bioctl.
"""
