# The four networks and the losses of Deep Photo Enhancer with the authors' settings, in which two
# errors in [0, 1] weigh 1,000 and 10,000 against scores of whole pictures.
model = dict(
    type='DeepPhotoEnhancer',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='GlobalUNet', image_size=512),
    discriminator=dict(type='CriticNetwork', image_size=512),
    gradient_penalty=dict(type='GradientPenalty'),
    penalty_weight=dict(type='AdaptivePenaltyWeight', start=10.0, bound=0.05),
    loss_weights=dict(
        identity_low=1000.0, identity_normal=1000.0, cycle_low=10000.0, cycle_normal=10000.0
    ),
)
