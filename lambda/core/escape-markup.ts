/** Text as it may stand in XML and in HTML, between tags and within quotes of either kind. */
export const escapeMarkup = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
