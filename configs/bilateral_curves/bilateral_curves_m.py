# The wider network, for a GPU: the camera works there too, convolutions at full size in bfloat16.
_base_ = ['./bilateral_curves_s.py']
model = dict(generator=dict(grid_width=36, refinement_widths=(40, 72, 112)))
optim_wrapper = dict(generator=dict(type='AutocastOptimWrapper'))
data = dict(repeat=100, pipeline={{_base_.gpu_pipeline}})
train_dataloader = dict(batch_size=64, num_workers=12, pin_memory=True, dataset=data)
compiling = dict(type='CompileHook', modules=['generator.grid', 'generator.refinement'], tuned=True)
custom_hooks = [compiling]
