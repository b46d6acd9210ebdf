# SICE-net with the network of the paper and the loss by which the released weights were trained.
model = dict(
    type='PairedEnhancer',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='SICENet', variant=2),
    losses=dict(euclidean=dict(type='EuclideanLoss')),
)
