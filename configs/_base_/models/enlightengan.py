# The three networks and the losses of EnlightenGAN with the official settings.
model = dict(
    type='EnlightenGAN',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='AttentionUNet'),
    global_discriminator=dict(type='PatchDiscriminator', num_downs=5),
    local_discriminator=dict(type='PatchDiscriminator', num_downs=4),
    global_loss=dict(type='RelativisticGANLoss', variant='lsgan'),
    local_loss=dict(type='GANLoss', variant='lsgan'),
    feature_loss=dict(
        type='SelfFeaturePreservingLoss',
        features=dict(type='VGG16Features', layer='relu5_1', weights='torchvision'),
    ),
    num_patches=6,
    patch_size=32,
    loss_weights=dict(
        generator_global=1.0, generator_local=1.0, feature_global=1.0, feature_local=1.0
    ),
)
