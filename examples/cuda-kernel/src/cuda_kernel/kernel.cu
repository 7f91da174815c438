// y = a x + y on the first GPU, for Python: arrays of float, by the buffer protocol.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

__global__ void saxpy(size_t size, float a, const float *x, float *y) {
  for (size_t i = blockIdx.x * size_t(blockDim.x) + threadIdx.x; i < size; i += gridDim.x * size_t(blockDim.x)) {
    y[i] = a * x[i] + y[i];
  }
}

// A Python exception for what CUDA says; true where it says one.
static bool failed(cudaError_t error) {
  if (error != cudaSuccess) PyErr_SetString(PyExc_RuntimeError, cudaGetErrorString(error));
  return error != cudaSuccess;
}

static cudaError_t compute(size_t size, float a, const float *x, float *y) {
  size_t bytes = size * sizeof(float);
  float *there = nullptr;  // x, then y
  cudaError_t error = cudaMalloc(&there, 2 * bytes);
  if (error == cudaSuccess) error = cudaMemcpy(there, x, bytes, cudaMemcpyHostToDevice);
  if (error == cudaSuccess) error = cudaMemcpy(there + size, y, bytes, cudaMemcpyHostToDevice);
  if (error == cudaSuccess) {
    saxpy<<<1024, 256>>>(size, a, there, there + size);
    error = cudaGetLastError();
  }
  if (error == cudaSuccess) error = cudaMemcpy(y, there + size, bytes, cudaMemcpyDeviceToHost);
  cudaFree(there);
  return error;
}

static PyObject *py_saxpy(PyObject *, PyObject *arguments) {
  float a;
  Py_buffer x, y;
  if (!PyArg_ParseTuple(arguments, "fy*w*", &a, &x, &y)) return nullptr;
  bool wrong = x.len != y.len || x.len % sizeof(float) != 0;
  if (wrong) {
    PyErr_SetString(PyExc_ValueError, "x and y must be arrays of as many floats");
  } else if (x.len > 0) {
    cudaError_t error;
    Py_BEGIN_ALLOW_THREADS;
    error = compute(x.len / sizeof(float), a, static_cast<const float *>(x.buf), static_cast<float *>(y.buf));
    Py_END_ALLOW_THREADS;
    wrong = failed(error);
  }
  PyBuffer_Release(&x);
  PyBuffer_Release(&y);
  if (wrong) return nullptr;
  Py_RETURN_NONE;
}

static PyObject *py_device(PyObject *, PyObject *) {
  cudaDeviceProp properties;
  int count = 0;
  if (failed(cudaGetDeviceCount(&count)) || failed(cudaGetDeviceProperties(&properties, 0))) return nullptr;
  return PyUnicode_FromFormat("%s (%d.%d)", properties.name, properties.major, properties.minor);
}

static PyMethodDef methods[] = {
    {"saxpy", py_saxpy, METH_VARARGS, "saxpy(a, x, y): y becomes a x + y, for arrays of float32."},
    {"device", py_device, METH_NOARGS, "The name of the first GPU, and its compute capability."},
    {nullptr, nullptr, 0, nullptr},
};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "kernel", "y = a x + y on a GPU.", -1, methods};

PyMODINIT_FUNC PyInit_kernel() { return PyModule_Create(&module); }
