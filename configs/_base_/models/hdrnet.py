# HDRNet with curves as guide and the mean squared error, both as in the authors' program.
model = dict(
    type='PairedEnhancer',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='HDRNet', guide='curves'),
    losses=dict(l2=dict(type='MSELoss')),
)
