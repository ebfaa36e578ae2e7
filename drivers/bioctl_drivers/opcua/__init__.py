"""OPC UA: one supervised, encrypted connection; the only importer of the client library."""
