"""Equipment: the ISA-88 physical model, the process image, the driver port and the scan."""
