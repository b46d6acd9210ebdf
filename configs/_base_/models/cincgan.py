# The inner cycle of CinCGAN, with the settings that most ports agree on.
model = dict(
    type='CinCGAN',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='CinCGANGenerator'),
    discriminator=dict(type='PatchDiscriminator', num_downs=3, padding=1, norm='batch', stride=1),
    gan_loss=dict(type='GANLoss', variant='lsgan', reduction_of_discriminator='sum'),
    loss_weights=dict(cycle_low=10.0, identity_normal=5.0, total_variation=1.0),
)
