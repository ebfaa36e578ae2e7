"""The batch record: what journal and history tell of one batch, for people and for programs.

`write.py` is the way in; `model.py` says what a record holds; `html.py` and `svg.py` draw it.
"""
