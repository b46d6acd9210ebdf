# DeepHDR: one network from three exposures to light, mean squared error after the mu-law, in
# [-1, 1] as in the official program.
model = dict(
    type='ExposureMerger',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='DeepHDR'),
    losses=dict(mu_law=dict(type='MuLawL2Loss', signed=True)),
    unit_range=False,
)
