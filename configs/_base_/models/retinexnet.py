# Both networks of RetinexNet, with the losses of the public program.
model = dict(
    type='RetinexNet',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(
        type='RetinexNetGenerator', decom=dict(type='DecomNet'), relight=dict(type='RelightNet')
    ),
    losses=dict(
        decom=dict(type='RetinexDecomLoss', smoothness=dict(type='RetinexSmoothness')),
        relight=dict(type='RetinexRelightLoss', smoothness=dict(type='RetinexSmoothness')),
    ),
)
