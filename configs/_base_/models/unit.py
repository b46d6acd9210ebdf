# The four networks and the losses of UNIT with the settings of the released program. It took VGG-16
# of Caffe: model.feature_loss.features.weights=data/weights/vgg16.weight with
# model.feature_loss.features.preprocessing=caffe_mean.
model = dict(
    type='UNIT',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='VAEGenerator'),
    discriminator=dict(type='MultiScaleDiscriminator'),
    gan_loss=dict(type='GANLoss', variant='lsgan', reduction_of_discriminator='sum'),
    feature_loss=dict(
        type='SelfFeaturePreservingLoss',
        features=dict(type='VGG16Features', layer='relu5_3', weights='torchvision'),
    ),
    shared_blocks=0,  # 1 in the paper
)
