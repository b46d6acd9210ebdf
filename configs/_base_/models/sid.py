# Learning to See in the Dark: one network from raw planes to sRGB, mean absolute error.
model = dict(
    type='PairedEnhancer',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='SeeInTheDarkUNet', layout='bayer'),
    losses=dict(pixel=dict(type='L1Loss')),
)
