"""The command port: messages, server and client.

All that the CLI and the console know of a running cell. HTTP/JSON on a Unix socket; the cell behind
`CellPort` alone authenticates, decides and journals. This room knows values and errors only.
"""
