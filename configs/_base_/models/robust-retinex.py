# Robust Retinex, with a map of the noise.
model = dict(type='RobustRetinex')
