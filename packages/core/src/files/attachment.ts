/** The content-disposition of a file to keep, whatever it is called. What has a meaning in the header, `encodeURIComponent` leaves as it is (RFC 8187). */
export const attachment = (name: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`
