// The source of a field's choices.

/**
 * The functions by which a form gets the choices of its fields.
 *
 * @param {object} sdk
 * @param {string} integration its type
 * @param {() => Promise<string | undefined>} whose which account's
 */
export function choicesOf(sdk, integration, whose) {
  return async ({ sourceType }, { search, cursor }, answers) => {
    const selectedCredentialId = await whose();
    return sdk.getFieldOptions({
      integration,
      action: sourceType,
      ...(search && { search }),
      ...(cursor && { cursor }),
      ...parametersOf(answers),
      ...(selectedCredentialId !== undefined && { selectedCredentialId }),
    });
  };
}

/** The answers that choices depend on, as the API takes them. */
function parametersOf(answers) {
  const parameters = Object.entries(answers).map(([key, value]) => ({ key, source: { type: "VALUE", value } }));
  return parameters.length === 0 ? {} : { parameters };
}

/** The choices of a page, without the headings that may divide them. */
export const flat = ({ data }) => data.flatMap((one) => one.items ?? [one]);
