// Saves a file made in the page as a browser download.

export function saveFile(name: string, file: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // by then the download has its own reference to the data
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
