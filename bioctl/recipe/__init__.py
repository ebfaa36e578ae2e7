"""Recipes: what a process engineer writes, read and checked against what the equipment can do.

What a recipe is    grammar, blocks, ramps, header; canonical (what is hashed); names
Reading one         load → declared, formula, procedure, bodies, steps, parameters, clocks, include;
                    scope and levels say where one is; library finds files
Whether it is right verify/ against capabilities; rules has every finding
Reading it at once  schedule and expected → plan, plan_svg; outline → diff; schema for editors
"""
