# KalantariHDR, the one that estimates weights and images; squared error after the mu-law.
model = dict(
    type='KalantariMerger',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='KalantariHDR', kind='wie'),
    losses=dict(mu_law=dict(type='MuLawL2Loss')),
    first_stage='light',
)
