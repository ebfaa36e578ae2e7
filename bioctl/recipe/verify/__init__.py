"""The verifier: what a person would find on day nine, found on day zero.

Each module holds rules of one kind; `verifier.py` runs them all over a recipe that has loaded.
"""
