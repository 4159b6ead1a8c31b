#include <jni.h>

JNIEXPORT jlong JNICALL Java_Checksum_sum(JNIEnv *env, jclass class, jbyteArray bytes) {
  jsize length = (*env)->GetArrayLength(env, bytes);
  jbyte *start = (*env)->GetByteArrayElements(env, bytes, 0);
  jlong sum = 0;
  for (jsize i = 0; i < length; i += 1) sum += (unsigned char)start[i];
  (*env)->ReleaseByteArrayElements(env, bytes, start, JNI_ABORT);
  return sum;
}
