# Multi-scale Retinex with colour restoration (MSRCR), the form of IPOL.
model = dict(type='MultiScaleRetinexIPOL', keep_flat=True)
