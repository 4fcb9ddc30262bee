// What an integration is called and how it looks. `getUser()` names integrations by their type
// only, so this page knows some products by itself.

const PRODUCTS = {
  airtable: ["Airtable", "#166EE1"],
  asana: ["Asana", "#F06A6A"],
  bamboohr: ["BambooHR", "#599D15"],
  box: ["Box", "#0061D5"],
  clickup: ["ClickUp", "#7B68EE"],
  dropbox: ["Dropbox", "#0061FF"],
  gmail: ["Gmail", "#D93025"],
  googlecalendar: ["Google Calendar", "#3C80F6"],
  googledrive: ["Google Drive", "#4688F4"],
  googlesheets: ["Google Sheets", "#188038"],
  gusto: ["Gusto", "#F45D48"],
  hubspot: ["HubSpot", "#F57722"],
  intercom: ["Intercom", "#286EFA"],
  jira: ["Jira", "#1868DB"],
  linear: ["Linear", "#5E6AD2"],
  mailchimp: ["Mailchimp", "#FFE01B"],
  marketo: ["Marketo", "#5C4C9F"],
  microsoftteams: ["Microsoft Teams", "#5059C9"],
  "monday.com": ["monday.com", "#6161FF"],
  netsuite: ["NetSuite", "#125580"],
  notion: ["Notion", "#191919"],
  onedrive: ["OneDrive", "#0078D4"],
  outlook: ["Outlook", "#0F6CBD"],
  pipedrive: ["Pipedrive", "#017737"],
  quickbooks: ["QuickBooks", "#2CA01C"],
  sage: ["Sage", "#00A65E"],
  salesforce: ["Salesforce", "#057ACF"],
  sharepoint: ["SharePoint", "#038387"],
  shopify: ["Shopify", "#95BF47"],
  slack: ["Slack", "#4A154B"],
  stripe: ["Stripe", "#635BFF"],
  xero: ["Xero", "#13B5EA"],
  zendesk: ["Zendesk", "#03363D"],
  zohocrm: ["Zoho CRM", "#E42527"],
};

/**
 * The name, colour and icon of an integration, in the shape that `getIntegrationMetadata()` will
 * have: it takes this function's place when the package has it.
 *
 * @param {string} type
 * @param {string | undefined} sandbox the address of the local Paragon, if that is the server: it
 *   gives icons to anyone
 * @returns {{type: string, name: string, brandColor?: string, icon?: string}}
 */
export function describeIntegration(type, sandbox) {
  const [name = title(type), brandColor] = Object.hasOwn(PRODUCTS, type) ? PRODUCTS[type] : [];
  const icon =
    sandbox === undefined ? undefined : `${sandbox}/_sandbox/icons/${encodeURIComponent(type)}.svg`;
  return { type, name, brandColor, icon };
}

/** `custom.task-bird` → `Task Bird`. */
function title(type) {
  const words = type
    .replace(/^custom\./, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s._-]+/)
    .filter((word) => word !== "")
    .map((word) => word[0].toUpperCase() + word.slice(1));
  return words.join(" ") || type;
}
