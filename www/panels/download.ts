/** Hands bytes to the user as a file. */
export function download(bytes: Uint8Array, name: string) {
  // A copy: what comes from shared memory cannot be put into a file.
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
