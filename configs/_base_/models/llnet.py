# LLNet for colour, with the losses of the authors' program.
model = dict(
    type='StackedDenoisingAutoencoder',
    data_preprocessor=dict(type='EnhanceDataPreprocessor'),
    generator=dict(type='LLNet', widths=(2000, 1900, 1800, 1900, 2000)),
)
