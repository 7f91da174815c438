# What a build is told of the CUDA toolkit, null where it needs none: where it lies, the variables that build systems
# read, and the wheels of it whose libraries the project's environment brings.
cuda:
if cuda == null then { } else { inherit (cuda) toolkit brought; } // cuda.environment
