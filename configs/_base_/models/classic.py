# The default that needs no weights.
model = dict(type='PhotographicRetinex')
