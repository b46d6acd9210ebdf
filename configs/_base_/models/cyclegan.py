# The four networks and the losses of CycleGAN with the official settings.
model = dict(
    type='CycleGAN',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='ResnetGenerator'),
    discriminator=dict(
        type='PatchDiscriminator', num_downs=3, padding=1, norm='instance', zero_bias=True
    ),
    gan_loss=dict(type='GANLoss', variant='lsgan'),
    loss_weights=dict(cycle_low=10.0, cycle_normal=10.0, identity_low=5.0, identity_normal=5.0),
    pool_size=50,
)
